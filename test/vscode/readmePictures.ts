// The pictures of the README: `npm run pictures`. A real VS Code on the samples, with the bundled model.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../../scripts/vscode/cache';
import { drawnTiles, visualize } from './support/layerPanel';
import { explorerFile, openWorkbench, switchTheme } from './support/workbench';

const folder = path.join(repository, 'media/readme');

const workbench = await openWorkbench({
  folder: path.join(repository, 'media/samples'),
  extension: repository,
});
try {
  const { page } = workbench;
  const take = (name: string) => page.screenshot({ path: path.join(folder, `${name}.png`) });
  await mkdir(folder, { recursive: true });
  await page.setViewportSize({ width: 1500, height: 1120 });
  await switchTheme(workbench, 'dark');
  await explorerFile(page, 'zfnet.py').click();
  const panel = await visualize(page, 'cat.jpg');
  await panel.sections.first().waitFor();
  // Every row once, so that the progress has come to its end.
  for (const layer of ['conv5', 'conv4', 'conv3', 'conv2']) await drawnTiles(panel, layer);
  await panel.button('cancel').waitFor({ state: 'hidden' });
  await panel.view.getByTestId('input-image').scrollIntoViewIfNeeded();
  await drawnTiles(panel, 'conv1');
  await panel.view.getByTestId('input-image').scrollIntoViewIfNeeded();
  await take('panel-dark');
  await switchTheme(workbench, 'light');
  await drawnTiles(panel, 'conv3');
  await panel.tiles('conv3').first().click();
  await panel.view.getByTestId('heatmap').waitFor();
  await panel.view.getByRole('button', { name: 'Guided backpropagation' }).click();
  await page.waitForTimeout(2000);
  await take('detail-light');
} finally {
  await workbench.close();
}
