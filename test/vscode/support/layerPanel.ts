import type { PNG } from 'pngjs';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { decodeDataUri } from './pictures';
import { chooseFromContextMenu, eventually, explorerFile, webview } from './workbench';

export const menuEntry = 'Visualize ZFNet layers';

export interface PanelTile {
  readonly map: number;
  readonly projection: PNG;
  readonly patch: PNG;
}

/** The panel with the layers, as its user sees it. */
export interface LayerPanel {
  readonly view: FrameLocator;
  readonly sections: Locator;
  readonly progress: Locator;
  readonly failure: Locator;
  section(layer: string): Locator;
  tiles(layer: string): Locator;
  button(testId: 'cancel' | 'resume' | 'retry'): Locator;
}

export function layerPanel(page: Page): LayerPanel {
  const view = webview(page);
  const section = (layer: string) => view.locator(`[data-testid="layer-section"][data-layer="${layer}"]`);
  return {
    view,
    section,
    sections: view.getByTestId('layer-section'),
    progress: view.getByTestId('progress'),
    failure: view.getByTestId('failure-message'),
    tiles: (layer) => section(layer).getByTestId('tile'),
    button: (testId) => view.getByTestId(testId),
  };
}

/** Right-clicks a picture in the Explorer and waits until the panel is about it. */
export async function visualize(page: Page, picture: string): Promise<LayerPanel> {
  await chooseFromContextMenu(page, explorerFile(page, picture), menuEntry);
  const panel = layerPanel(page);
  await panel.view.locator('h1').filter({ hasText: picture }).waitFor();
  return panel;
}

/** The row's active tiles, once all of them are drawn. */
export async function drawnTiles(panel: LayerPanel, layer: string): Promise<readonly PanelTile[]> {
  await panel.section(layer).scrollIntoViewIfNeeded();
  const active = panel.section(layer).locator('[data-testid="tile"]:not([data-status="inactive"])');
  const undrawn = active.filter({ hasNot: panel.view.locator('.pair.drawn') });
  await active.first().waitFor();
  await eventually(async () => ((await undrawn.count()) === 0 ? true : undefined));
  const encoded = await active.evaluateAll((tiles) =>
    tiles.map((tile) => {
      const picture = (testId: string) =>
        tile.querySelector<HTMLCanvasElement>(`[data-testid="${testId}"]`)?.toDataURL('image/png') ?? '';
      return {
        map: Number((tile as HTMLElement).dataset['map']),
        projection: picture('projection-canvas'),
        patch: picture('patch-canvas'),
      };
    }),
  );
  return encoded.map(({ map, projection, patch }) => ({
    map,
    projection: decodeDataUri(projection),
    patch: decodeDataUri(patch),
  }));
}
