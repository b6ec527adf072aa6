import { openExperiment } from '../shared/experimentPage';
import './occlusion.css';
import { createOcclusionView } from './occlusionView';

openExperiment(createOcclusionView);
