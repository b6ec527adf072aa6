/** An array of numbers. Weights are known by its shape, and by the attribute that holds it. */
export interface TensorValue {
  readonly kind: 'tensor';
  /** `null` for a size that is not known; `null` altogether where not even their number is. */
  readonly shape: readonly (number | null)[] | null;
  /** Of an array of one axis, where all are known. */
  readonly values: readonly number[] | null;
  /** Of one that holds the numbers of another in another shape, that other one, which may be of another itself. */
  readonly origin?: TensorValue;
}
