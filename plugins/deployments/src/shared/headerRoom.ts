/** Room that a run's header takes where it stays in sight, pixels. */
export const HEADER_ROOM = 160;
