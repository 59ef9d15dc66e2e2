export * from './composePlan';
export * from './describePlanChange';
export * from './hashPlan';
export * from './Planner';
