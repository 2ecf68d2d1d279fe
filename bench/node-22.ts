/** A Node for binaries that are not built for a newer one. There on Linux x64 only. */
export const NODE_22 = new URL('node_modules/node-22-linux-x64/bin/node', import.meta.url);
