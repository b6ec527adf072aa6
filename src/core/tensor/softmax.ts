/**
 * Softmax of every row of `classes` scores, as a new array; computed from the differences to the row's largest score,
 * so that nothing overflows.
 */
export function softmax(scores: Float32Array, classes: number = scores.length): Float32Array {
  const probabilities = new Float32Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    let largest = -Infinity;
    for (let i = 0; i < classes; i++) largest = Math.max(largest, scores[start + i]!);
    let sum = 0;
    for (let i = 0; i < classes; i++) sum += Math.exp(scores[start + i]! - largest);
    for (let i = 0; i < classes; i++) probabilities[start + i] = Math.exp(scores[start + i]! - largest) / sum;
  }
  return probabilities;
}
