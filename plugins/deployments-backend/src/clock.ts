/** Tells the time. What decides by the calendar takes one, so that it can be tried at any moment of it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
