export const clusters = {
  title: "Clusters",
  subtitle: "Where your workflows run.",
};
