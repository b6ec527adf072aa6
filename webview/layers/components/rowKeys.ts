import type { LayerSection } from './layerSection';

export interface RowKeysOptions {
  readonly sections: () => readonly LayerSection[];
  readonly columns: () => number;
}

/**
 * The keyboard in the rows: left and right within a row, Home and End to its ends, up and down to the line above and
 * below, also across layers. One tile of each row is in the tab order.
 */
export function handleRowKeys(container: HTMLElement, { sections, columns }: RowKeysOptions): void {
  container.addEventListener('keydown', (event) => {
    const from = event.target;
    if (!(from instanceof HTMLButtonElement) || !from.classList.contains('tile')) return;
    const all = sections();
    const at = all.findIndex(({ element }) => element.contains(from));
    const row = all[at]?.tiles() ?? [];
    const target = tileFor(event.key, all, at, row.indexOf(from), columns());
    if (!target) return;
    event.preventDefault();
    focusTile(target);
  });
  // A click gives the focus too: the tab order follows it.
  container.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLButtonElement && target.classList.contains('tile')) makeTabStop(target);
  });
}

export function focusTile(tile: HTMLButtonElement): void {
  makeTabStop(tile);
  tile.focus({ preventScroll: true });
  tile.scrollIntoView({ block: 'nearest' });
}

function makeTabStop(tile: HTMLButtonElement): void {
  for (const other of tile.closest('.tiles')?.querySelectorAll('.tile[tabindex="0"]') ?? []) {
    other.setAttribute('tabindex', '-1');
  }
  tile.setAttribute('tabindex', '0');
}

function tileFor(
  key: string,
  sections: readonly LayerSection[],
  section: number,
  index: number,
  columns: number,
): HTMLButtonElement | undefined {
  const row = sections[section]?.tiles() ?? [];
  switch (key) {
    case 'ArrowLeft':
      return row[index - 1];
    case 'ArrowRight':
      return row[index + 1];
    case 'Home':
      return row[0];
    case 'End':
      return row[row.length - 1];
    case 'ArrowDown': {
      const lastLine = Math.floor((row.length - 1) / columns);
      if (Math.floor(index / columns) < lastLine) return row[Math.min(index + columns, row.length - 1)];
      const next = neighbour(sections, section, 1);
      return next[Math.min(index % columns, next.length - 1)];
    }
    case 'ArrowUp': {
      if (index >= columns) return row[index - columns];
      const previous = neighbour(sections, section, -1);
      const line = Math.floor((previous.length - 1) / columns) * columns;
      return previous[Math.min(line + (index % columns), previous.length - 1)];
    }
    default:
      return undefined;
  }
}

/** The tiles of the nearest layer in a direction that has any. */
function neighbour(
  sections: readonly LayerSection[],
  from: number,
  direction: 1 | -1,
): readonly HTMLButtonElement[] {
  for (let at = from + direction; at >= 0 && at < sections.length; at += direction) {
    const tiles = sections[at]!.tiles();
    if (tiles.length > 0) return tiles;
  }
  return [];
}
