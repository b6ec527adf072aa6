import { openExperiment } from '../shared/experimentPage';
import './lesion.css';
import { createLesionView } from './lesionView';

openExperiment(createLesionView);
