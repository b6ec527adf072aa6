/** The inputs of a node do not fit its operator; the caller adds the node's name. */
export class ShapeError extends Error {}
