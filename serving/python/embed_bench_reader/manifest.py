"""manifest.json of a folder."""

import json
import os

from .errors import ReaderError


def read_manifest(folder, form, version, what, advice):
    """The manifest of a form and version. Raises a ReaderError if the folder has none. `what`: the folder in words."""
    path = os.path.join(folder, "manifest.json")
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
    except OSError as error:
        problem = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise ReaderError("%s: %s; name the folder of %s" % (path, problem, what)) from None
    except ValueError:
        raise ReaderError("%s: it is no JSON; name the folder of %s" % (path, what)) from None
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) != (form, version):
        raise ReaderError("%s: it is no manifest of version %d of %s; %s" % (path, version, what, advice))
    return manifest
