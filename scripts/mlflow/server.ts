import { UserError } from '../../base/user-error.ts';

/** The longest that a server may take for one answer. */
const patienceMs = 60_000;

/** An answer that is no success. */
export class Refusal extends UserError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** A server that speaks MLflow's REST interface, version 2.0. Throws a UserError where it does not answer, and a Refusal for what it refuses. */
export class MlflowServer {
  private readonly base: string;

  constructor(url: string) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UserError(`--url ${url}: expected an address such as http://127.0.0.1:5000`);
    this.base = url.replace(/\/+$/, '');
  }

  /** Asks for something that `call` names, `runs/search`; the answer's JSON. */
  async post(call: string, body: object): Promise<Record<string, unknown>> {
    return this.objectIn(
      await this.ask(`/api/2.0/mlflow/${call}`, 'POST', JSON.stringify(body), 'application/json'),
    );
  }

  async get(call: string, query: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    return this.objectIn(
      await this.ask(`/api/2.0/mlflow/${call}?${new URLSearchParams(query).toString()}`, 'GET'),
    );
  }

  /** The JSON of an answer. Something else than MLflow may listen at the address, and answer with a page. */
  private objectIn(text: string): Record<string, unknown> {
    try {
      const found: unknown = JSON.parse(text);
      if (typeof found === 'object' && found !== null) return found as Record<string, unknown>;
    } catch {
      // below
    }
    throw new UserError(`${this.base}: answers otherwise than an MLflow server; check --url`);
  }

  /** Puts a file to where the server itself keeps artifacts; `path` begins at their root. */
  async putArtifact(path: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
    const escaped = path.split('/').map(encodeURIComponent).join('/');
    await this.ask(
      `/api/2.0/mlflow-artifacts/artifacts/${escaped}`,
      'PUT',
      content,
      'application/octet-stream',
    );
  }

  private async ask(
    path: string,
    method: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<string> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.base}${path}`, {
        ...{ method, body, signal: AbortSignal.timeout(patienceMs) },
        // Servers close idle connections; a request that meets that would be lost.
        headers: { ...(type && { 'content-type': type }), connection: 'close', ...credentials() },
      });
      text = await answer.text();
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      throw new UserError(`${this.base}: no server answers (${cause?.code ?? message}); check --url`);
    }
    if (answer.ok) return text;
    throw new Refusal(`${this.base}${path.split('?')[0]}: ${answer.status} ${saidIn(text)}`, answer.status);
  }
}

/** The message of an error in MLflow's JSON, or the beginning of another text. */
function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // a proxy's page
  }
  return text.slice(0, 200);
}

/** The headers of the variables that MLflow's own clients read. */
function credentials(): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = process.env; // prettier-ignore
  if (user !== undefined && password !== undefined)
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
