import type { FilterSheet } from '../../src/core/imaging/filterSheet';
import { toCanvas } from '../shared/canvas';
import { element, setAttributes, type Component } from '../shared/element';
import { strings } from './strings';

export interface SheetProps {
  readonly layer: string;
  readonly sheet: FilterSheet;
  readonly selected: number;
}

/** The filters as one picture; a click or the arrow keys select one. */
export function createSheetView(select: (filter: number) => void): Component<SheetProps> & {
  readonly canvas: () => HTMLCanvasElement | undefined;
} {
  const frame = element('div', {
    class: 'sheet',
    tabindex: 0,
    role: 'application',
    'data-testid': 'filter-sheet',
  });
  const mark = element('span', { class: 'mark', 'aria-hidden': 'true' });
  let props: SheetProps | undefined;
  let canvas: HTMLCanvasElement | undefined;

  frame.addEventListener('click', ({ target, offsetX, offsetY }) => {
    if (!props || !canvas || target !== canvas) return;
    const { tile, columns, shown } = props.sheet;
    const scale = canvas.width / canvas.clientWidth;
    const column = Math.min(Math.floor((offsetX * scale) / (tile.width + 1)), columns - 1);
    const filter = Math.floor((offsetY * scale) / (tile.height + 1)) * columns + column;
    if (filter < shown) select(filter);
  });
  frame.addEventListener('keydown', (event) => {
    if (!props) return;
    const { columns, shown } = props.sheet;
    const filter = filterFor(event.key, props.selected, { columns, shown });
    if (filter === undefined) return;
    event.preventDefault();
    select(filter);
  });

  return {
    element: frame,
    canvas: () => canvas,
    update: (next) => {
      if (next.sheet !== props?.sheet) {
        canvas = toCanvas(next.sheet.picture);
        canvas.classList.add('pixelated');
        frame.replaceChildren(canvas, mark);
      }
      props = next;
      setAttributes(frame, { 'aria-label': strings.filters.sheet(next.layer, next.selected) });
      place(mark, next);
    },
  };
}

/** The filter that a key leads to, none past the ends. */
function filterFor(
  key: string,
  from: number,
  { columns, shown }: { readonly columns: number; readonly shown: number },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -from,
    End: shown - 1 - from,
  };
  const step = steps[key];
  const target = step === undefined ? -1 : from + step;
  return target >= 0 && target < shown ? target : undefined;
}

/** Sizes in per cent follow the sheet, however much it is shrunk to fit. */
function place(mark: HTMLElement, { sheet, selected }: SheetProps): void {
  const { columns, tile, picture } = sheet;
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
  mark.style.left = percent((selected % columns) * (tile.width + 1), picture.width);
  mark.style.top = percent(Math.floor(selected / columns) * (tile.height + 1), picture.height);
  mark.style.width = percent(tile.width, picture.width);
  mark.style.height = percent(tile.height, picture.height);
}
