import path from 'node:path';
import { SCRATCH } from '../paths.mjs';

/** Where this test run writes its reports: two at once don't read each other's. */
export const REPORTS = path.join(SCRATCH, 'test', String(process.pid));
