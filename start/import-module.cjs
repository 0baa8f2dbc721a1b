/** Imports a module as Node does. In a bundle an import would be a call of `require`, and the resolver of plug-ins would not be asked. */
module.exports = (/** @type {string} */ url) => import(url);
