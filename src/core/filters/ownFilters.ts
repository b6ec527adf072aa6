/** The weights of one layer, as the model holds them. */
export interface OwnFilters {
  /** `[filters, channels, height, width]`; `channels` are those of one group. */
  readonly dims: readonly [filters: number, channels: number, height: number, width: number];
  /** Row-major over `dims`. */
  readonly weights: Float32Array;
  /** What a filter looks at: the channels of the image, feature maps, or a vector of features without places. */
  readonly over: 'image' | 'maps' | 'vector';
  readonly kind: 'convolution' | 'dense';
  readonly groups: number;
  /** Of the filters over their input; 1 for a fully connected layer. */
  readonly stride: readonly [height: number, width: number];
}
