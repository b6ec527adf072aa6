/** An array of numbers, of which only the shape is of interest. Weights are known by it, and by the attribute that holds it. */
export interface TensorValue {
  readonly kind: 'tensor';
  /** `null` for a size that is not known; `null` altogether where not even their number is. */
  readonly shape: readonly (number | null)[] | null;
}
