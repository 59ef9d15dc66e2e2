export { cleanText } from './cleanText';
export { Masker } from './Masker';
export { StepLogWriter } from './StepLogWriter';
