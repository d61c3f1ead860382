"""The files of the web app, on the port of the WebSocket."""

from pathlib import Path

from aiohttp import web

from clients.manifest import CACHE_CONTROL, CONTENT_TYPES, RELEASE_NAME, Manifest


class StaticFiles:
    """Serves one folder, with `index.html` for the folder itself; 404 while there is none.

    The web app's files come with its headers. Other files of the folder come without them:
    developers try things out in them. The files of messages are at `files_origin`.
    """

    def __init__(self, folder: Path | None, files_origin: str = "") -> None:
        self._folder = folder.resolve() if folder else None
        self._files_origin = files_origin

    def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            found = self._find(request.path)
        except (ValueError, OSError):
            # No file can have such a name.
            found = None
        if request.method not in ("GET", "HEAD"):
            return _not_found()
        if found is None:
            return self._release(request.path) or _not_found()
        path, manifest = found
        return web.FileResponse(path, headers=self._headers(path, manifest))

    def _find(self, path: str) -> tuple[Path, Manifest] | None:
        if self._folder is None:
            return None
        found = (self._folder / path.lstrip("/")).resolve()
        if found.is_dir():
            found /= "index.html"
        is_inside = found.is_relative_to(self._folder)
        return (found, Manifest.load(self._folder)) if is_inside and found.is_file() else None

    def _release(self, path: str) -> web.Response | None:
        if self._folder is None or path != f"/{RELEASE_NAME}":
            return None
        body = Manifest.load(self._folder).release()
        headers = {"Cache-Control": CACHE_CONTROL}
        return web.Response(body=body, content_type="application/json", headers=headers)

    def _headers(self, path: Path, manifest: Manifest) -> dict[str, str]:
        headers = {"Cache-Control": CACHE_CONTROL}
        if path.suffix in CONTENT_TYPES:
            headers["Content-Type"] = CONTENT_TYPES[path.suffix]
        if path in manifest:
            declared = manifest.headers_with(self._files_origin)
            headers |= {name: _relaxed(value) for name, value in declared.items()}
        return headers


def _not_found() -> web.Response:
    return web.json_response({"message": "Not Found"}, status=404)


def _relaxed(value: str) -> str:
    """Let the web app on a developer's machine connect to another service, as `?url=` asks."""
    return value.replace("connect-src 'self'", "connect-src 'self' ws: wss:")
