"""From an error to an answer: a page or a fragment, a sentence, a way out, never a traceback."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, request
from werkzeug.exceptions import HTTPException

from engine.errors import (
    BadQuery,
    EngineError,
    Message,
    NotAllowed,
    NotFound,
    Outdated,
    SignInNeeded,
    TooManyAttempts,
    Unavailable,
    ValidationFailed,
    say,
)
from engine.log import logger, reason_of
from engine.web.htmx import ascii_url, go_afresh, is_fragment, respond, show
from engine.web.parts.folder_note import served_stamp
from engine.web.request import SERVED, language, logged_path, newest, services, visitor
from engine.web.security import SAFE_METHODS, note_denial
from engine.web.urls import START, local_path, sign_in_url

log = logger("web.errors")

FRAMED, DOOR = "pages/error.html", "pages/error_door.html"
TITLES = {
    400: say("This address is not right"),
    403: say("Not allowed"),
    404: say("Not found"),
    405: say("This address is not right"),
    409: say("Somebody was faster"),
    413: say("Too large"),
    422: say("Not saved yet"),
    429: say("Too many attempts"),
    500: say("Something broke on our side"),
    503: say("Not available right now"),
}
SENTENCES = {
    400: say("The request could not be understood."),
    404: say("There is nothing at this address, or nothing that you may see."),
    405: say("This address can't be opened like this."),
    413: say("What was sent is larger than this CRM takes in one piece."),
    500: say("Nothing is lost that was saved before. The error has been written down."),
}


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """What an error page shows."""

    status: int
    title: Message
    sentences: tuple[Message, ...]
    hint: Message | None
    reference: str
    start: str


def init_errors(app: Flask) -> None:
    """Answer every error of the app here."""
    app.register_error_handler(EngineError, answer_engine_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_defect)


def answer_engine_error(error: EngineError) -> Response:
    """Answer an error that the engine has raised on purpose."""
    if isinstance(error, SignInNeeded):
        return ask_to_sign_in()
    if isinstance(error, Outdated) and (again := over_to_newest()):
        return again
    log.info("refused", code=error.code, path=logged_path(), message=reason_of(error))
    if is_denial(error):
        keep_denial(error)
    response = error_page(error.status, (*sentences_of(error), *of_an_old_page()), error.hint)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"
    return response


def is_denial(error: EngineError) -> bool:
    """Say whether a right was missing, and nothing deeper has written that down.

    A page that is not there may be a slip of the finger; something sent there is not.
    """
    is_change = request.method not in SAFE_METHODS
    refused = isinstance(error, NotAllowed) or (isinstance(error, NotFound) and is_change)
    return refused and not (was_logged(error) or g.get("is_denial_noted"))


def was_logged(error: BaseException | None) -> bool:
    """Say whether a refusal, or one that it is told instead of, stands in the log."""
    while error is not None:
        if isinstance(error, EngineError) and error.is_logged:
            return True
        error = error.__context__
    return False


def keep_denial(error: EngineError) -> None:
    """Write a denial into the log; the person gets the answer even where that fails."""
    try:
        note_denial(request.endpoint or "", code=error.code)
    except EngineError:
        log.exception("denial_not_logged", path=logged_path())


def sentences_of(error: EngineError) -> tuple[Message, ...]:
    """Return what an error says: its sentence and, of refused values, those of the fields."""
    if isinstance(error, ValidationFailed):
        return (error.message, *(one for many in error.messages.values() for one in many))
    if isinstance(error, BadQuery):
        named = say("It is about the parameter {name}.", name=error.parameter)
        return (error.message, named)
    return (error.message,)


def of_an_old_page() -> tuple[Message, ...]:
    """Return what may be the reason where a form was drawn by a version before."""
    drawn_by = request.form.get(SERVED, "")
    if drawn_by in ("", served_stamp(services().application)):
        return ()
    return (say("This CRM was improved while your page was open: load the page anew."),)


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page and, after a look at a page, back to it."""
    back = request.full_path.removesuffix("?") if request.method in {"GET", "HEAD"} else START
    return go_afresh(sign_in_url(back), status=401)


def answer_http_error(error: HTTPException) -> Response:
    """Answer what the web framework refuses: unknown addresses, methods, sizes."""
    status = error.code or 500
    if status not in TITLES:  # a redirect, or a range of a file
        return make_response(error.get_response())
    response = error_page(status, (SENTENCES.get(status, SENTENCES[400]),), None)
    allowed = error.get_response().headers.get("Allow")
    if allowed:
        response.headers["Allow"] = allowed
    return response


def answer_defect(error: Exception) -> Response:
    """Answer a mistake of ours: the log gets everything, the person a sentence and a key.

    Where the tables are others by now it is no mistake, and the newer version answers.
    """
    if again := over_to_newest():
        return again
    log.error("defect", path=logged_path(), method=request.method, exc_info=error)
    return error_page(500, (SENTENCES[500],), None)


def over_to_newest() -> Response | None:
    """Serve the version that was applied meanwhile, and let it answer; None where there is none.

    Nothing was done yet, so that the same request may come again. Where records were stored before
    it went wrong, it must not: then the page from where it came is shown as it is now.
    """
    g.page.close()  # what was read so far is of the moment before
    served = services()
    served.database.has_news = True
    if newest().application.digest == served.application.digest:
        return None
    log.info("went_over", path=logged_path(), method=request.method)
    if served.database.has_written:
        return go_afresh(page_before())
    address = "/" + request.full_path.removesuffix("?").lstrip("/")
    response = make_response("", 307)
    response.headers["Location"] = ascii_url(address)
    return response


def page_before() -> str:
    """Return the page of ours from where the request came, the start page where it says none."""
    try:
        return local_path(urlsplit(request.referrer or "").path)
    except ValueError:
        return START


def error_page(status: int, sentences: tuple[Message, ...], hint: Message | None) -> Response:
    """Answer with the error page, in plain text where even that can't be drawn."""
    context = ErrorContext(
        status=status,
        title=TITLES.get(status, TITLES[400]),
        sentences=sentences,
        hint=hint,
        reference=g.get("action", ""),
        start=START,
    )
    try:
        settle_language()
        return framed(context) or respond(DOOR, "parts/error.html", context, status)
    except Exception:
        log.exception("error_page_broke")
        text = "\n".join(str(one) for one in (context.title, *sentences))
        return make_response(text, status, {"Content-Type": "text/plain; charset=utf-8"})


def framed(context: ErrorContext) -> Response | None:
    """Return the page inside the usual frame; None for a part, a stranger, or where that fails.

    The frame counts what waits: a database that is away is not asked again.
    """
    if is_fragment() or context.status == Unavailable.status:
        return None
    try:
        return show(FRAMED, context, context.status) if visitor() else None
    except Exception:
        log.exception("error_frame_broke")
        return None


def settle_language() -> None:
    """Decide the language even where the database can't say who asks."""
    try:
        language()
    except EngineError:
        g.session_found = None
        g.language = request.accept_languages.best_match(("en", "bg", "ru")) or "en"
