/** A seed as it is typed; `null` where it is none. */
export function parseSeed(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}
