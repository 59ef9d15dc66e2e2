const t=performance.now();
import { PgBossRunEngine } from '@slipway/plugin-deployments-backend/testUtils';
console.log(typeof PgBossRunEngine, performance.now()-t, performance.now(), process.cpuUsage(), process.memoryUsage().rss/1e6);
process.exit(0)
