import type { TopHostContract } from '../../src/protocol/dataSetContract';
import { openDataSet } from '../shared/dataSetPage';
import './topActivations.css';
import { createTopView } from './topView';

openDataSet<TopHostContract>(createTopView);
