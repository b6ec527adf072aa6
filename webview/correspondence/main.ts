import { openExperiment } from '../shared/experimentPage';
import './correspondence.css';
import { createCorrespondenceView } from './correspondenceView';

openExperiment(createCorrespondenceView);
