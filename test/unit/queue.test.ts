import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createRanking, offer } from '../../src/core/experiments/topActivations/ranking';
import { parseQueueAddress } from '../../src/engine/queue/address';
import { checkImages, requireFolder, withImages } from '../../src/engine/queue/fetchImages';
import { createPortion, decodeFound, encodeFound, readPortion } from '../../src/engine/queue/portion';
import type { RankedImages } from '../../src/protocol/topActivations';

describe('the address of a queue', () => {
  it.each([
    ['redis://host', { host: 'host', port: 6379, db: 0, tls: false }],
    ['rediss://me@host:7000/2', { host: 'host', port: 7000, db: 2, tls: true, username: 'me' }],
    ['redis://[::1]:1', { host: '::1', port: 1, db: 0, tls: false }],
  ])('%s is read', (text, expected) => {
    expect(parseQueueAddress(text, undefined)).toEqual(expected);
    expect(parseQueueAddress(text, 'secret')).toEqual({ ...expected, password: 'secret' });
  });

  it.each([
    ['nonsense', 'is no address'],
    ['https://host', 'is not one of Redis'],
    ['redis://:sesame@host', 'redis://host holds a password'],
    ['redis://host/x', 'names no database'],
    ['redis://%zz@host', 'redis://host names no user that can be read'],
  ])('%s is refused, and no password repeated', (text, reason) => {
    const read = () => parseQueueAddress(text, undefined);
    expect(read).toThrow(reason);
    expect(read).not.toThrow(/sesame/);
  });
});

describe('where a worker takes pictures from', () => {
  it.each(['/a/folder', 'C:\\folder', 'http://host/folder', 'https://host:8000'])('%s will do', (from) => {
    expect(() => checkImages(from)).not.toThrow();
  });

  it.each([
    ['https://me:sesame@host/folder', 'https://host holds a user or a password'],
    ['https://sesame@host/folder', 'https://host holds a user or a password'],
    ['https://host/folder?token=sesame', 'https://host holds a query'],
    ['https://me:sesame@', 'that was given is no address'],
  ])('%s is refused, and no secret repeated', (from, reason) => {
    expect(() => checkImages(from)).toThrow(reason);
    expect(() => checkImages(from)).not.toThrow(/sesame/);
  });
});

it('a folder that a worker takes pictures from is there before it takes work', async () => {
  for (const from of [import.meta.dirname, 'https://host/folder']) await requireFolder(from);
  for (const from of [path.join(import.meta.dirname, 'nowhere'), import.meta.filename]) {
    await expect(requireFolder(from)).rejects.toMatchObject({ code: 'not-a-folder' });
  }
});

describe('pictures from a server', () => {
  it('that are too large or not given are passed over, and the others fetched', async () => {
    const sizes: Readonly<Record<string, number>> = { '/at/small.png': 10, '/at/sub/large.png': 60_000 };
    const server = createServer((request, response) => {
      const size = sizes[request.url!];
      const status = request.url === '/at/secret.png' ? 403 : 404;
      response.writeHead(size === undefined ? status : 200).end(Buffer.alloc(size ?? 0));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/at`;
    const images = ['small.png', 'sub/large.png', 'gone.png', 'secret.png'];
    const unread = (folder: string): RankedImages => ({
      ...found(),
      passedOver: images.map((image, number) => ({
        number,
        hash: '0'.repeat(64),
        problem: `${path.join(folder, image)} is none`,
      })),
    });
    const body = vi.fn(async (folder: string) => {
      expect(readdirSync(folder).sort()).toEqual(['secret.png', 'small.png', 'sub']);
      expect(statSync(path.join(folder, 'small.png')).size).toBe(10);
      return unread(folder);
    });
    const { passedOver } = await withImages(from, images, body, 50_000);
    server.close();
    expect(passedOver.map(({ hash, problem }) => [hash, problem])).toEqual([
      ['0'.repeat(64), 'small.png is none'],
      [null, 'sub/large.png has more than 50000 bytes, which is the most that is fetched.'],
      ['0'.repeat(64), 'gone.png is none'],
      [null, `secret.png is not given by ${new URL(from).host} (status 403).`],
    ]);
    expect(existsSync(body.mock.calls[0]![0])).toBe(false);
  });
});

const layers = [{ label: 'conv', tensor: 'conv', maps: 2, height: 2, width: 3 }];

const portion = createPortion({
  scan: 'a',
  stamp: 'b',
  images: ['x.png', 'sub/y.png', 'z.png'],
  layers: ['conv'],
  each: 1,
  places: 4,
});

function found(): RankedImages {
  const ranking = createRanking(2, 3);
  offer(ranking, 0, { value: 1.5, image: 2, position: 5 });
  offer(ranking, 0, { value: 2.5, image: 0, position: 0 });
  return {
    images: [0, 2],
    hashes: ['0'.repeat(64), null],
    passedOver: [{ number: 1, hash: null, problem: 'sub/y.png is no picture — at all' }],
    bins: [Uint8Array.of(1, 0), Uint8Array.of(63, 0)],
    rankings: [ranking],
  };
}

describe('what a worker found', () => {
  it('comes back as it was sent', () => {
    expect(decodeFound(encodeFound(found()), portion, layers)).toEqual(found());
  });

  it.each<[string, (sound: RankedImages) => RankedImages]>([
    ['an image twice', (sound) => ({ ...sound, images: [0, 0] })],
    ['an image that was not asked for', (sound) => ({ ...sound, images: [0, 7] })],
    ['too few images', (sound) => ({ ...sound, passedOver: [] })],
    ['a bin that there is not', (sound) => ({ ...sound, bins: [Uint8Array.of(64, 0), Uint8Array.of(0, 0)] })],
    ['fewer maps', (sound) => ({ ...sound, rankings: [createRanking(1, 3)] })],
    ['more places than were asked for', (sound) => ({ ...sound, rankings: [createRanking(2, 5)] })],
    ['a hash that is none', (sound) => ({ ...sound, hashes: ['../../x', null] })],
  ])('is refused where it has %s', (_, spoil) => {
    expect(() => decodeFound(encodeFound(spoil(found())), portion, layers)).toThrow(/queue holds an answer/);
  });

  it.each([
    ['position', { value: 1, image: 0, position: 6 }],
    ['image', { value: 1, image: 1, position: 0 }],
    ['activation', { value: Infinity, image: 0, position: -1 }],
  ])('is refused where a place has no such %s', (_, candidate) => {
    const spoilt = found();
    offer(spoilt.rankings[0]!, 1, candidate);
    expect(() => decodeFound(encodeFound(spoilt), portion, layers)).toThrow(/queue holds an answer/);
  });

  it('is refused or read whatever it is, and nothing else is thrown', () => {
    const sound = Buffer.from(encodeFound(found()), 'base64');
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = Buffer.from(sound);
        spoilt[at]! ^= change;
        try {
          decodeFound(spoilt.toString('base64'), portion, layers);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-queue-message' });
        }
      }),
    );
    for (const value of [null, 3, '', {}]) {
      expect(() => decodeFound(value, portion, layers)).toThrow(/queue holds an answer/);
    }
  });
});

describe('work for a worker', () => {
  it('is read as it was given', () =>
    expect(readPortion(JSON.parse(JSON.stringify(portion)))).toEqual(portion));

  it.each([
    ['a path that leads out of the folder', { images: ['../x.png'] }],
    ['an absolute path', { images: ['/etc/x.png'] }],
    ['a file that is no image', { images: ['x.txt'] }],
    ['another version', { version: 2 }],
    ['no places', { places: 0 }],
    ['layers that are none', { layers: [3] }],
  ])('is refused where it has %s', (_, spoilt) => {
    expect(() => readPortion({ ...portion, ...spoilt })).toThrow(/queue holds work/);
  });

  it('is refused where it is none', () => expect(() => readPortion(null)).toThrow(/queue holds work/));
});
