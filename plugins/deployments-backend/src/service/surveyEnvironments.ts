import { findStuck } from '../runs';
import { Stores } from '../stores';
import { Survey } from '../telemetry';

/** What the environments of all services are like now. Only those that somebody has, or holds, are looked at. */
export async function surveyEnvironments(stores: Stores): Promise<Survey> {
  const occupied = await stores.environments.listOccupied();
  const stuck = await Promise.all(
    occupied
      .filter(({ heldBy }) => heldBy !== null)
      .map(of => findStuck({ stores, of })),
  );
  return {
    unfinished: await stores.runs.countUnfinished(),
    held: occupied.filter(({ hold }) => hold !== null).length,
    stuck: stuck.filter(found => found !== null).length,
  };
}
