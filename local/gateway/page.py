"""The static page, as a web server beside API Gateway would give it out."""

from pathlib import Path

from aiohttp import web

from local.gateway.served import CACHE_CONTROL, TYPES, Served


class Page:
    """Files of one folder, `index.html` for the folder itself; 404 while there is none.

    Those that are the page come with its headers. Whatever else lies there comes plainly: somebody
    is trying something.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None

    def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            found = self._find(request.path)
        except (ValueError, OSError):
            # No file can have such a name.
            found = None
        if found is None or request.method not in ("GET", "HEAD"):
            return web.json_response({"message": "Not Found"}, status=404)
        path, served = found
        return web.FileResponse(path, headers=_headers(path, served))

    def _find(self, path: str) -> tuple[Path, Served] | None:
        if self._folder is None:
            return None
        found = (self._folder / path.lstrip("/")).resolve()
        if found.is_dir():
            found /= "index.html"
        inside = found.is_relative_to(self._folder)
        return (found, Served.by(self._folder)) if inside and found.is_file() else None


def _headers(path: Path, served: Served) -> dict[str, str]:
    headers = {"Cache-Control": CACHE_CONTROL}
    if path.suffix in TYPES:
        headers["Content-Type"] = TYPES[path.suffix]
    if path in served:
        headers |= {name: _loosened(value) for name, value in served.headers.items()}
    return headers


def _loosened(value: str) -> str:
    """Let the page on one's own machine talk to a service elsewhere, as its `?url=` may ask."""
    return value.replace("connect-src 'self'", "connect-src 'self' ws: wss:")
