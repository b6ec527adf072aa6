import { projectionPicture } from '../../../../src/core/imaging/display';
import type { Picture } from '../../../../src/core/imaging/preprocessing';
import type { ProjectedUnit } from '../../../../src/protocol/model';
import { element, placeInOrder, setText, type Component } from '../../../shared/element';
import { paint } from '../../../shared/canvas';
import { patchPicture } from '../../../shared/unitPictures';
import type { Slot } from '../../slots';
import { strings } from '../../strings';
import { failureViews } from '../../../shared/failureView';

/** One picture of the row: the patch, or a projection. */
export interface ComparisonEntry {
  readonly key: string;
  readonly caption: string;
  readonly slot: Slot<ProjectedUnit> | undefined;
  readonly kind: 'patch' | 'projection';
}

export interface ComparisonProps {
  readonly entries: readonly ComparisonEntry[];
  readonly input: Picture;
  readonly scaleOf: (unit: ProjectedUnit) => number;
}

export interface Comparison extends Component<ComparisonProps> {
  /** The canvas of an entry at native resolution; `null` while there is no picture. */
  readonly canvas: (key: string) => HTMLCanvasElement | null;
}

/** Pictures up to this size are shown with crisp pixels. */
const SMALL = 64;

/** Pictures of one receptive field beside each other. */
export function createComparison(showLog: () => void): Comparison {
  const list = element('ul', { class: 'comparison', role: 'list' });
  const items = new Map<string, ComparisonItem>();
  return {
    element: list,
    update: (props) => {
      for (const entry of props.entries) {
        const item = items.get(entry.key) ?? createItem(showLog);
        items.set(entry.key, item);
        item.update({ ...props, entry });
      }
      const wanted = props.entries.map(({ key }) => key);
      for (const key of items.keys()) if (!wanted.includes(key)) items.delete(key);
      placeInOrder(
        list,
        wanted.map((key) => items.get(key)!.element),
      );
    },
    canvas: (key) => items.get(key)?.drawn() ?? null,
  };
}

interface ComparisonItem extends Component<ComparisonProps & { readonly entry: ComparisonEntry }> {
  readonly drawn: () => HTMLCanvasElement | null;
}

function createItem(showLog: () => void): ComparisonItem {
  const canvas = element('canvas', { role: 'img' });
  const frame = element('div', { class: 'frame' }, canvas);
  const message = element('div', { class: 'comparison-message' });
  const caption = element('div', { class: 'caption' });
  const item = element('li', { class: 'comparison-item' }, frame, caption, message);
  let painted: { unit: ProjectedUnit; scale: number; input: Picture } | undefined;

  return {
    element: item,
    drawn: () => (painted && !item.classList.contains('stale') ? canvas : null),
    update: ({ entry, input, scaleOf }) => {
      const { slot, kind } = entry;
      setText(caption, entry.caption);
      item.dataset.key = entry.key;
      canvas.setAttribute('aria-label', entry.caption);
      item.classList.toggle('stale', slot?.status !== 'ok');
      item.classList.toggle('failed', slot?.status === 'failed');
      message.replaceChildren(...messageOf(slot, kind, showLog));
      if (slot?.status !== 'ok') return;
      const unit = slot.value;
      const scale = scaleOf(unit);
      if (painted && painted.unit === unit && painted.scale === scale && painted.input === input) return;
      const picture =
        kind === 'patch' ? patchPicture(unit.receptiveField, input) : projectionPicture(unit, input, scale);
      painted = picture ? { unit, scale, input } : undefined;
      canvas.hidden = picture === null;
      if (!picture) return;
      paint(canvas, picture);
      canvas.classList.toggle('pixelated', Math.max(picture.height, picture.width) <= SMALL);
    },
  };
}

function messageOf(
  slot: Slot<ProjectedUnit> | undefined,
  kind: ComparisonEntry['kind'],
  showLog: () => void,
): (Node | string)[] {
  if (slot?.status === 'failed') return failureViews(slot.failure, { showLog });
  if (slot?.status !== 'ok' || kind === 'patch') return [];
  return slot.value.tile?.limit === 0 ? [strings.detail.zeroProjection] : [];
}
