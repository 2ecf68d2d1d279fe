/** As `npm start` has it: most of what a start costs is reading our own files. */
export const COMPILED = { NODE_COMPILE_CACHE: 'node_modules/.cache/compiled' };
