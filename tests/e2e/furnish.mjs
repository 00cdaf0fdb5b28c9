// An installation that has been used for a while: something on every screen.
import { eventually, PASSWORD } from "./product.mjs";

const COMPOSE = `name: blog
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
    network_mode: bridge
  db:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: hush}
`;
const node = (id, type, x, y, data) => ({ id, type, position: { x, y }, data });
const SHOP = {
  name: "Shop",
  namespace: "shop",
  nodes: [
    node("front", "service", 40, 60, { name: "front" }),
    node("web", "deployment", 400, 60, { name: "web", image: "nginx:1.27", replicas: 2, ports: [{ port: 80 }] }),
    node("settings", "configmap", 40, 240, { name: "settings", data: { MODE: "fast" } }),
    node("data", "persistentvolumeclaim", 400, 300, { name: "data", size: "1Gi" }),
  ],
  edges: [
    { id: "e1", source: "front", target: "web" },
    { id: "e2", source: "settings", target: "web" },
    { id: "e3", source: "data", target: "web", data: { path: "/srv" } },
  ],
};
const DESK = {
  name: "Desk",
  namespace: "desk",
  nodes: [
    node("desk", "deployment", 40, 40, { name: "desk", image: "nginx:missing" }),
    node("loose", "service", 400, 40, { name: "Not A Name" }),
  ],
  edges: [],
};

/** Makes it all through the API and tells the ids. */
export async function furnish(api, url) {
  const shop = await api("POST", "/workflows", SHOP);
  const { run_id: run } = await api("POST", `/workflows/${shop.id}/run`, {});
  const desk = await api("POST", "/workflows", DESK);
  await api("POST", `/admin/registries`, {
    type: "generic",
    name: "harbour",
    url: "https://harbour.example.com",
    is_default: true,
  });
  await api("POST", "/tokens", { name: "from CI", scopes: ["read", "deploy"] });
  for (const name of ["Ada", "Grace"])
    await fetch(`${url}/v1/api/auth/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, email: `${name.toLowerCase()}@example.com`, password: PASSWORD }),
    });
  await api("POST", `/workflows/${shop.id}/share`, { email: "ada@example.com", role: "viewer" });
  const imported = await api("POST", "/import/analyze", { source: { content: COMPOSE, filename: "compose.yaml" } });
  const build = await api("POST", "/builds/start", { dockerfile: "FROM busybox:1\nRUN true\n", image: "shop/app", tag: "1.4" });
  await eventually(async () => (await api("GET", `/runs/${run}`)).status === "succeeded");
  const pods = await eventually(async () => {
    const { resources } = await api("GET", "/resources?namespace=shop&kind=Pod");
    return resources.length === 2 && resources;
  });
  // A second version, to be compared and planned.
  const nodes = SHOP.nodes.map((each) => (each.id === "web" ? { ...each, data: { ...each.data, replicas: 3 } } : each));
  await api("POST", `/workflows/${shop.id}/save`, { nodes, edges: SHOP.edges });
  await api("POST", `/workflows/${shop.id}/versions`, { name: "three of them", tag: "v2" });
  return { shop: shop.id, desk: desk.id, run, imported: imported.import_id, build: build.id, pod: pods[0].id };
}
