import { ConfigApi } from '@backstage/core-plugin-api';

/** Someone whom the demo lets one be. */
export type DemoPerson = {
  /** Name of the User entity. */
  name: string;
  title: string;
  role: string;
  /** What the person may do, a sentence. */
  may: string;
};

/** Whom `app.demoPeople` offers; nobody where it is not configured. */
export function readDemoPeople(config: ConfigApi): DemoPerson[] {
  return (config.getOptionalConfigArray('app.demoPeople') ?? []).map(
    person => ({
      name: person.getString('name'),
      title: person.getString('title'),
      role: person.getString('role'),
      may: person.getString('may'),
    }),
  );
}
