import type { Preprocessing } from '../../src/core/imaging/preprocessing';
import type { RecordingSummary } from '../../src/protocol/model';
import type { Fact } from '../../src/core/report/experimentReport';
import { baseName } from './baseName';

/** What a report says of every experiment: the model with its hash, the picture, how it was prepared. */
export function modelFacts({ model, image }: RecordingSummary): Fact[] {
  return [
    ['Model', model.name],
    ['SHA-256 of the model', model.hash],
    ['Runtime', model.runtime],
    ['Picture', baseName(image)],
    ['Preprocessing', `${preprocessingText(model.preprocessing)}, ${model.preprocessingOrigin}`],
  ];
}

/** How pixels become the input of a model. */
export function preprocessingText({ resize, crop, channels, scale, mean, std }: Preprocessing): string {
  return `shorter side ${resize}, crop ${crop.join(' × ')}, ${channels}, (pixel * ${scale} - [${mean.join(', ')}]) / [${std.join(', ')}]`;
}
