/** Why the shop could not serve; empty where it can. */
exports.findProblems = () => [];
