import { Option, type Command } from 'commander';
import type { Output } from './command';
import type { CommandParts } from './experimentCommands';
import { mergeShards, type MergeOptions } from './merge';
import { parseNames, parsePath, parsePlaces, parsePositive, parseShardOption } from './options';
import { findTopActivations, type TopOptions } from './top';
import { work, type WorkerOptions } from './worker';

/** Adds the commands that find what activates feature maps most, on one machine and on many. */
export function addTopCommands(switchback: Command, parts: CommandParts): void {
  addTopCommand(switchback, parts);
  addMergeCommand(switchback, parts);
  addWorkerCommand(switchback, parts);
}

function addTopCommand(switchback: Command, { model, json, print }: CommandParts): void {
  switchback
    .command('top')
    .description('Find the strongest activations of every feature map over a folder of images.')
    .addOption(model())
    .requiredOption('--images <folder>', 'folder of pictures, searched with the folders in it', parsePath)
    .addOption(new Option('--k <n>', 'activations of each map').argParser(parsePlaces).default(9))
    .addOption(
      new Option('--per-image <n>', 'how many of them one picture may hold')
        .argParser(parsePlaces)
        .default(1),
    )
    .addOption(
      new Option('--layers <list>', 'labels of layers: a[,b...]; all where left out').argParser(parseNames),
    )
    .addOption(
      new Option('--shard <i/n>', 'only the i-th of n parts of the pictures, for switchback merge').argParser(
        parseShardOption,
      ),
    )
    .addOption(
      new Option(
        '--processes <n>',
        'engine processes that share the cores; as many as cores and memory allow where left out',
      ).argParser(parsePositive),
    )
    .addOption(
      new Option(
        '--queue <address>',
        'have workers run the pictures: redis://host:6379, or rediss:// with TLS',
      )
        .argParser(parsePath)
        .conflicts('processes'),
    )
    .requiredOption('--out <file>', 'the index to write or bring up to date, a SQLite database', parsePath)
    .addOption(json())
    .action((options: TopOptions & Output) =>
      print(options, (session) => findTopActivations(options, session)),
    );
}

function addMergeCommand(switchback: Command, { json, print }: CommandParts): void {
  switchback
    .command('merge')
    .description('Merge the indexes of all shards of a folder into that of the whole.')
    .argument('<indexes...>', 'what switchback top --shard wrote, of every shard')
    .requiredOption('--out <file>', 'the index to write', parsePath)
    .addOption(json())
    .action((indexes: readonly string[], options: MergeOptions & Output) =>
      print(options, () => mergeShards(indexes, options)),
    );
}

function addWorkerCommand(switchback: Command, { model, json, print }: CommandParts): void {
  switchback
    .command('worker')
    .description('Run pictures for scans of switchback top --queue until it is stopped.')
    .addOption(model())
    .requiredOption('--queue <address>', 'redis://host:6379, or rediss:// with TLS', parsePath)
    .requiredOption(
      '--images <folder>',
      'where the pictures are: a folder, or an address (https://…)',
      parsePath,
    )
    .addOption(new Option('--threads <n>', 'of one pass; one a core where left out').argParser(parsePositive))
    .addOption(json())
    .action((options: WorkerOptions & Output) => print(options, (session) => work(options, session)));
}
