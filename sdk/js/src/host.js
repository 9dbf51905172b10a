/** What a plugin may ask of the host. In the sandbox that is the host; in tests it is the harness. */

const nobody = () => {
  throw new Error("nobody is there to answer: call the plugin through `leadsman-sdk/harness`");
};

/** The interfaces `lists` and `calendar` of the contracts. */
export const host = {
  lists: { contains: nobody, find: nobody },
  calendar: { addWorkingMs: nobody, workingMsBetween: nobody, nextOpening: nobody },
};

/** Puts somebody there. */
export function install({ lists, calendar }) {
  Object.assign(host, { lists, calendar });
}
