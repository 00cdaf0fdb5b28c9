import type { Schemas } from "@/api";
import { t } from "@/texts";

const page = `<!doctype html>
<title>Hello</title>
<h1>Hello from Sailcloth</h1>
<p>Change this text, press Run, and watch the pods roll.</p>
`;

/** A small web site to start from: a page in a config map, two copies of a web server, one address. */
export const demo: Schemas["WorkflowCreateInRequest"] = {
  name: t.workflows.demoName,
  description: t.workflows.demoText,
  tags: ["demo"],
  namespace: "demo",
  nodes: [
    {
      id: "page",
      type: "configmap",
      position: { x: 0, y: 140 },
      data: { name: "page", data: { "index.html": page } },
    },
    {
      id: "web",
      type: "deployment",
      position: { x: 460, y: 70 },
      data: {
        name: "web",
        image: "nginx:1.27",
        replicas: 2,
        ports: [{ name: "http", port: 80 }],
        probes: { readiness: { http: { path: "/", port: 80 } } },
        resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      },
    },
    {
      id: "service",
      type: "service",
      position: { x: 0, y: 0 },
      data: { name: "web", ports: [{ name: "http", port: 80 }] },
    },
  ],
  edges: [
    { id: "page-web", source: "page", target: "web", data: { as: "mount", path: "/usr/share/nginx/html" } },
    { id: "service-web", source: "service", target: "web", data: {} },
  ],
};
