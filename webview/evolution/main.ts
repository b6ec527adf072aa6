import type { EvolutionHostContract } from '../../src/protocol/dataSetContract';
import { openDataSet } from '../shared/dataSetPage';
import './evolution.css';
import { createEvolutionView } from './evolutionView';

openDataSet<EvolutionHostContract>(createEvolutionView);
