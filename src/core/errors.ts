/**
 * Everything a user can do something about, in one place. The engine sends these over process boundaries as
 * values; anything else that is thrown is a bug of ours. A message is one sentence that names the file or
 * node; the hint says what to do.
 */
export class UserError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = '',
  ) {
    super(message);
    this.name = 'UserError';
  }
}

export function unsupportedOp(node: string, op: string): UserError {
  return new UserError(
    'unsupported-op',
    `No projection rule for operator ${op} (node "${node}").`,
    'Choose a layer whose path to the image avoids this node, or export the model without it.',
  );
}

export function unknownLayer(layer: string, known: readonly string[]): UserError {
  const some = known.slice(0, 8).join(', ') + (known.length > 8 ? ', …' : '');
  return new UserError('unknown-layer', `The model has no layer or tensor "${layer}".`, `Layers: ${some}`);
}
