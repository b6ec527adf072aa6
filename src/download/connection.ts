const explanations: readonly (readonly [codes: RegExp, clause: string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its name is not known, as on a machine that is offline'],
  [
    /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    'there is no way to it, as on a machine that is offline',
  ],
  [/^ECONNREFUSED$/, 'it refuses the connection'],
  [/TIMEOUT|^ETIMEDOUT$/, 'it does not answer'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection broke'],
  [/CERT|SIGNATURE|ISSUER/, 'its certificate is not trusted'],
];

/** What happened to a connection, as a clause: `fetch` says no more than that it failed, and keeps the reason as the cause. */
export function connectionProblem(error: unknown): string {
  const code = firstCode(error);
  const [, clause] = explanations.find(([codes]) => codes.test(code)) ?? [];
  if (clause !== undefined) return `${clause} (${code})`;
  return code === '' ? String(error instanceof Error ? error.message : error) : code;
}

function firstCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return '';
}
