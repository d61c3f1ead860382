import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connect } from "parley-client";
import { ParleyProvider } from "parley-client/react";
import { App } from "./App.tsx";
import "./styles.css";

const url: string = import.meta.env["VITE_PARLEY_URL"] ?? "ws://127.0.0.1:8080/ws/chat";
// Unsent messages outlive a reload of the page.
const chat = connect(url, { storage: sessionStorage });

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ParleyProvider chat={chat}>
      <App />
    </ParleyProvider>
  </StrictMode>,
);
