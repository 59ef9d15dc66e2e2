export interface Config {
  app?: {
    /**
     * The people whom the sign-in page offers, in its order. Only a demo has them: with them
     * anyone can sign in as anyone, and the backend refuses to serve that in production.
     * @deepVisibility frontend
     */
    demoPeople?: Array<{
      /** Name of the User entity in the catalog's default namespace. */
      name: string;
      /** As people read it. */
      title: string;
      /** What the person does, in a word or two. */
      role: string;
      /** What the person may do, a sentence. */
      may: string;
    }>;
  };
}
