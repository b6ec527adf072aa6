import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { cached, unpackPackage } from '../../../scripts/vscode/cache';

const execute = promisify(execFile);

/** The newest version of the package that still runs on Node 20. */
const packagedVersion = '143.0.4';

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const systemFiles = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];

/** The packaged one names folders of another system; without any font the browser crashes. */
const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

export async function launchChromium(): Promise<Browser> {
  const installed = systemChromium();
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: quiet });
  const folder = await packagedChromium();
  const libraries = [path.join(folder, 'al2023/lib'), process.env['LD_LIBRARY_PATH'] ?? ''].join(':');
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    args: quiet,
    env: {
      ...definedVariables(),
      LD_LIBRARY_PATH: libraries,
      FONTCONFIG_FILE: path.join(folder, 'fonts/fonts.conf'),
    },
  });
}

function systemChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const onPath = systemNames.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...systemFiles].find((file) => existsSync(file));
}

/** The browser inside the npm package `@sparticuz/chromium` (Linux, x64), which holds it compressed. */
function packagedChromium(): Promise<string> {
  return cached(`chromium-${packagedVersion}`, async (folder) => {
    await unpackPackage(`@sparticuz/chromium@${packagedVersion}`, folder);
    const packed = path.join(folder, 'package/bin');
    for (const name of await readdir(packed)) {
      if (name.endsWith('.br')) await unpack(path.join(packed, name), folder);
    }
    await writeFile(path.join(folder, 'fonts/fonts.conf'), fontConfiguration);
    await rm(path.join(folder, 'package'), { recursive: true });
  });
}

async function unpack(file: string, folder: string): Promise<void> {
  const target = path.join(folder, path.basename(file, '.br'));
  await pipeline(createReadStream(file), createBrotliDecompress(), createWriteStream(target));
  if (!target.endsWith('.tar')) return chmod(target, 0o755);
  // The graphics library lies beside the browser; libraries and fonts have folders of their own.
  const name = path.basename(target, '.tar');
  const destination = name === 'swiftshader' ? folder : path.join(folder, name);
  await mkdir(destination, { recursive: true });
  await execute('tar', ['-xf', target, '-C', destination]);
  await rm(target);
}

function definedVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
