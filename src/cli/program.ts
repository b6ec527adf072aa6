import { Command, CommanderError, Option } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/errors';
import { startWorker } from '../engine/client';
import { openRuntime } from '../engine/runtimes/openRuntime';
import { createService } from '../engine/service';
import { executionProviders, runtimeNames } from '../protocol/runtimes';
import type { Output, Printed, Session } from './command';
import { describeFindings, type DiagnoseOptions } from './diagnose';
import { evolutionToFiles, type EvolutionOptions } from './evolution';
import { addExperimentCommands } from './experimentCommands';
import { addFeaturesCommand } from './featuresCommand';
import { filtersToFiles, type FiltersOptions } from './filters';
import { describeLayers, type LayersOptions } from './layers';
import { occludeToFiles, type OccludeOptions } from './occlude';
import {
  addMapChoice,
  parseCount,
  parseFill,
  parseLengths,
  parseMaps,
  parseNames,
  parsePath,
  parsePosition,
  parsePositive,
} from './options';
import { projectToFiles, type ProjectOptions } from './project';
import { addTopCommands } from './topCommands';
import { visualizeToFile, type VisualizeOptions } from './visualize';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Runs one command line. Returns the exit status; never throws. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    process.stderr.write(`${describe(error)}\n`);
    return EXIT.failed;
  }
}

/** A user can act on one line; for anything else the stack says where it went wrong. */
function describe(error: unknown): string {
  if (error instanceof UserError) return `${error.message} ${error.hint}`.replace(/\s+/g, ' ').trim();
  return `Something went wrong: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** The commands in the order of the help. */
const commands = [
  addLayersCommand,
  addProjectCommand,
  addFiltersCommand,
  addDiagnoseCommand,
  addVisualizeCommand,
  addOccludeCommand,
  addEvolutionCommand,
];

function program(): Command {
  const switchback = new Command('switchback')
    .description('Shows what the layers of a convolutional network saw in an image.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  for (const add of commands) add(switchback);
  const parts = { model, json, print };
  addExperimentCommands(switchback, parts);
  addTopCommands(switchback, parts);
  addFeaturesCommand(switchback, parts);
  for (const command of switchback.commands) {
    command.copyInheritedSettings(switchback).addOption(runtime()).addOption(provider());
  }
  return switchback;
}

function addLayersCommand(switchback: Command): void {
  switchback
    .command('layers')
    .description('List the layers of a model.')
    .addOption(model())
    .addOption(json())
    .action((options: LayersOptions & Output) =>
      print(options, (session) => describeLayers(options, session)),
    );
}

function addProjectCommand(switchback: Command): void {
  switchback
    .command('project')
    .description('Project units of one layer to pixels.')
    .addOption(model())
    .addOption(
      new Option('--image <file>', 'picture, prepared as the sidecar says')
        .argParser(parsePath)
        .conflicts('input'),
    )
    .addOption(
      new Option('--input <file>', 'NumPy array that is the network input itself').argParser(parsePath),
    )
    .requiredOption('--layer <name>', 'label of a layer or name of a tensor')
    .addOption(new Option('--map <list>', 'feature maps: c[,c...]').argParser(parseMaps).conflicts('top'))
    .addOption(new Option('--top <n>', 'the n strongest feature maps').argParser(parsePositive))
    .addOption(
      new Option('--at <y,x>', 'position; the maximum of each map where left out').argParser(parsePosition),
    )
    .addOption(
      new Option('--method <name>', 'how to project')
        .choices(['deconvnet', 'guided', 'gradient'])
        .default('deconvnet'),
    )
    .requiredOption('--out <folder>', 'where to write result.json and PNG tiles', parsePath)
    .option('--raw', 'also write projections.npy, float32 [n,C,H,W] in network input space')
    .addOption(json())
    .action((options: ProjectOptions & Output, command: Command) => {
      requireOne(command, options, ['image', 'input']);
      requireOne(command, options, ['map', 'top']);
      return print(options, (session) => projectToFiles(options, session));
    });
}

function addFiltersCommand(switchback: Command): void {
  switchback
    .command('filters')
    .description('Show and measure the filters of one layer.')
    .addOption(model())
    .requiredOption('--layer <name>', 'label of a layer or name of its tensor')
    .addOption(
      new Option('--scale <name>', 'one contrast for the whole sheet or for each filter')
        .choices(['sheet', 'filter'])
        .default('sheet'),
    )
    .addOption(new Option('--zoom <n>', 'pixels for each weight').argParser(parsePositive))
    .addOption(new Option('--columns <n>', 'tiles in a row').argParser(parsePositive))
    .requiredOption('--out <folder>', 'where to write result.json and filters.png', parsePath)
    .addOption(json())
    .action((options: FiltersOptions & Output) =>
      print(options, (session) => filtersToFiles(options, session)),
    );
}

function addVisualizeCommand(switchback: Command): void {
  switchback
    .command('visualize')
    .description('Write a self-contained HTML report of every layer.')
    .addOption(model())
    .requiredOption('--image <file>', 'picture', parsePath)
    .addOption(new Option('--top <n>', 'feature maps per layer').argParser(parsePositive).default(9))
    .requiredOption('--out <file>', 'the HTML file to write', parsePath)
    .addOption(json())
    .action((options: VisualizeOptions & Output) =>
      print(options, (session) => visualizeToFile(options, session)),
    );
}

function addDiagnoseCommand(switchback: Command): void {
  switchback
    .command('diagnose')
    .description('Say what is wrong, or worth knowing, with the weights of a model.')
    .addOption(model())
    .addOption(
      new Option('--image <file>', 'also name the maps that it does not activate').argParser(parsePath),
    )
    .addOption(json())
    .action((options: DiagnoseOptions & Output) =>
      print(options, (session) => describeFindings(options, session)),
    );
}

function addEvolutionCommand(switchback: Command): void {
  switchback
    .command('evolution')
    .description('Show how feature maps change over the checkpoints of a training run.')
    .requiredOption(
      '--models <folder>',
      'folder of the models of one run: ONNX files, or folders with a model.json each',
      parsePath,
    )
    .requiredOption('--images <folder>', 'folder of pictures, searched with the folders in it', parsePath)
    .addOption(
      new Option('--layers <list>', 'labels of layers: a[,b...]; all where left out').argParser(parseNames),
    )
    .addOption(new Option('--maps <n>', 'feature maps of each layer').argParser(parsePositive).default(6))
    .addOption(new Option('--seed <n>', 'which maps are drawn').argParser(parseCount).default(0))
    .addOption(
      new Option('--contrast <name>', 'one for each tile, or for all epochs of a map')
        .choices(['tile', 'map'])
        .default('tile'),
    )
    .requiredOption(
      '--out <folder>',
      'where to write a sheet for each layer, the curves and result.json',
      parsePath,
    )
    .addOption(json())
    .action((options: EvolutionOptions & Output) =>
      print(options, (session) => evolutionToFiles(options, session)),
    );
}

function addOccludeCommand(switchback: Command): void {
  switchback
    .command('occlude')
    .description('Hide one part of a picture after another and measure what that changes.')
    .addOption(model())
    .requiredOption('--image <file>', 'picture', parsePath)
    .addOption(
      new Option('--size <pixels>', 'side of the square, or height x width: 32x24')
        .argParser(parseLengths)
        .default([32, 32], '32'),
    )
    .addOption(
      new Option('--stride <pixels>', 'how far it moves, or down x right')
        .argParser(parseLengths)
        .default([8, 8], '8'),
    )
    .addOption(
      new Option('--fill <value>', 'grey level, r,g,b, image-mean, dataset-mean or blur')
        .argParser(parseFill)
        .default([128, 128, 128], '128'),
    )
    .option('--layer <name>', 'layer or tensor to watch; the top convolution where left out')
    .addOption(
      new Option('--map <n,...>', 'its feature maps; the strongest where left out').argParser(parseMaps),
    )
    .option('--watch <layer:map...>', 'further feature maps of any layers', addMapChoice)
    .addOption(
      new Option('--label <n>', 'class to follow; the most probable where left out').argParser(parseCount),
    )
    .option('--yes', 'run it however many windows there are')
    .requiredOption('--out <folder>', 'where to write the report, tables, arrays and maps', parsePath)
    .addOption(json())
    .action((options: OccludeOptions & Output, command: Command) => {
      if (options.map !== undefined && options.layer === undefined) {
        command.error('error: --map needs --layer');
      }
      return print(options, (session) => occludeToFiles(options, session));
    });
}

/** The option that every command has which reads a model. */
function model(): Option {
  return new Option('--model <file>', 'ONNX or model.json; the bundled ZFNet where left out').argParser(
    parsePath,
  );
}

function runtime(): Option {
  return new Option('--runtime <name>', 'what runs the model').choices(runtimeNames).default(runtimeNames[0]);
}

function provider(): Option {
  return new Option('--provider <name>', 'where the native ONNX Runtime computes')
    .choices(executionProviders)
    .default(executionProviders[0]);
}

function json(): Option {
  return new Option('--json', 'print one JSON object');
}

/** Runs a command with the engine in this process and prints its result. */
async function print(
  { json, runtime, provider, threads = 0 }: Output,
  command: (session: Session) => Promise<Printed>,
): Promise<void> {
  const service = createService(openRuntime({ runtime, provider, threads }));
  const progress = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
  };
  const entry = path.resolve(import.meta.dirname, 'engine.js');
  const worker = (threads: number) => startWorker({ entry, runtime, provider, threads });
  const session = { service, progress, ...(existsSync(entry) && { startWorker: worker }) };
  const result = await command(session);
  for (const warning of result.warnings) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(json ? `${JSON.stringify(result.json)}\n` : result.text);
}

function requireOne(command: Command, options: object, names: readonly string[]): void {
  if (names.some((name) => name in options)) return;
  command.error(`error: one of ${names.map((name) => `--${name}`).join(' and ')} is required`);
}
