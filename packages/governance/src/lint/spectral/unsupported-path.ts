/** Says what a path has that we do not know. */
export class UnsupportedPath extends Error {}
