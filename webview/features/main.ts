import type { FeaturesHostContract } from '../../src/protocol/dataSetContract';
import { openDataSet } from '../shared/dataSetPage';
import './features.css';
import { createFeaturesView } from './featuresView';

openDataSet<FeaturesHostContract>(createFeaturesView);
