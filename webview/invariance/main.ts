import { openExperiment } from '../shared/experimentPage';
import './invariance.css';
import { createInvarianceView } from './invarianceView';

openExperiment(createInvarianceView);
