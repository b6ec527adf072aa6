import type { RecordingSummary } from '../../src/protocol/model';
import type { Fact } from '../../src/core/report/experimentReport';
import { baseName } from './imageChooser';

/** What a report says of every experiment: the model with its hash, the picture, how it was prepared. */
export function modelFacts({ model, image }: RecordingSummary): Fact[] {
  const { resize, crop, channels, scale, mean, std } = model.preprocessing;
  return [
    ['Model', model.name],
    ['SHA-256 of the model', model.hash],
    ['Runtime', model.runtime],
    ['Picture', baseName(image)],
    [
      'Preprocessing',
      `shorter side ${resize}, crop ${crop.join(' x ')}, ${channels}, (pixel * ${scale} - [${mean.join(', ')}]) / [${std.join(', ')}], ${model.preprocessingOrigin}`,
    ],
  ];
}
