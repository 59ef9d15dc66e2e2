import path from 'node:path';
import { SCRATCH } from '../paths.mjs';

/** Where test runs write their reports. */
export const REPORTS = path.join(SCRATCH, 'test');
