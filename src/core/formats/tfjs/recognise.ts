/** So much of a file tells what it is. The signature of a TensorFlow.js model may come before its topology. */
export const HEAD_BYTES = 2 ** 16;

/** Whether a file that begins like this is a TensorFlow.js model: an object that speaks of a topology or a manifest. */
export function isTfjsModel(head: string): boolean {
  return /^\s*\{/.test(head) && /"(modelTopology|weightsManifest)"/.test(head);
}
