"""Made of report.html.j2 by `make docs`."""
# mypy: ignore-errors
made_of = '3.1.6 b4dc0dca5eb3474d9db74bf1ead55f84752240606b1233f3e74085008db04ee9'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'report.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_report = resolve('report')
    l_0_policy = resolve('policy')
    l_0_style = resolve('style')
    l_0_script = resolve('script')
    l_0_part = l_0_several = missing
    try:
        t_1 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_2 = environment.filters['day']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'day' found.")
    try:
        t_3 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_4 = environment.filters['moment']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'moment' found.")
    try:
        t_5 = environment.filters['own']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'own' found.")
    pass
    l_0_part = context.vars['part'] = environment.get_template('parts.html.j2', 'report.html.j2')._get_default_module(context)
    context.exported_vars.discard('part')
    l_0_several = (t_3(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'scores')) > 1)
    context.vars['several'] = l_0_several
    context.exported_vars.add('several')
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="'
    yield escape((undefined(name='policy') if l_0_policy is missing else l_0_policy))
    yield '">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n<title>Hot leads, '
    yield escape(t_2(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'as_of')))
    yield '</title>\n<style>'
    yield escape((undefined(name='style') if l_0_style is missing else l_0_style))
    yield '</style>\n</head>\n<body>\n<a class="skip" href="#list0">Skip to the list</a>\n'
    yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'symbols')))
    yield '\n<header class="mast wrap">\n<p class="brand">'
    yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'flame')))
    yield 'Hot leads'
    if environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'redacted'):
        pass
        yield ', without names'
    yield '</p>\n<p class="when"><time datetime="'
    yield escape(context.call(environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'as_of'), 'isoformat')))
    yield '">'
    yield escape(t_4(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'as_of')))
    yield '</time></p>\n</header>\n<main class="wrap">\n'
    if (undefined(name='several') if l_0_several is missing else l_0_several):
        pass
        yield '<div class="lede">\n<h1>'
        yield escape(t_1(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'contacts'), 'contact'))
        yield ', '
        yield escape(t_3(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'scores')))
        yield ' scores</h1>\n<nav aria-label="Scores"><ul class="scores">\n'
        l_1_loop = missing
        for l_1_score, l_1_loop in LoopContext(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'scores'), undefined):
            _loop_vars = {}
            pass
            yield '<li><a href="#score'
            yield escape(environment.getattr(l_1_loop, 'index0'))
            yield '"><b>'
            yield escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_score, 'on_list'), _loop_vars=_loop_vars))
            yield '</b> <span>hot on '
            yield escape(t_5(environment.getattr(l_1_score, 'title')))
            yield '</span></a></li>\n'
        l_1_loop = l_1_score = missing
        yield '</ul></nav>\n</div>\n'
        l_1_loop = missing
        for l_1_grid, l_1_loop in LoopContext(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'grids'), undefined):
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'grid'), l_1_grid, environment.getattr(l_1_loop, 'index0'), _loop_vars=_loop_vars))
            yield '\n'
        l_1_loop = l_1_grid = missing
    l_1_loop = missing
    for l_1_score, l_1_loop in LoopContext(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'scores'), undefined):
        _loop_vars = {}
        pass
        yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'score'), (undefined(name='report') if l_0_report is missing else l_0_report), l_1_score, environment.getattr(l_1_loop, 'index0'), (undefined(name='several') if l_0_several is missing else l_0_several), _loop_vars=_loop_vars))
        yield '\n'
    l_1_loop = l_1_score = missing
    yield '<section class="block" id="findings" aria-labelledby="findings-h">\n<h2 id="findings-h">Findings</h2>\n'
    if environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'warnings'):
        pass
        yield '<p class="sub">Warnings about rules, exports and the run: somebody should look at them.</p>\n<ul class="problems">\n'
        for l_1_told in environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'warnings'):
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'told'), l_1_told, _loop_vars=_loop_vars))
            yield '\n'
        l_1_told = missing
        yield '</ul>\n'
    elif (not environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'others')):
        pass
        yield '<p class="sub">Nothing to report.</p>\n'
    if environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'others'):
        pass
        yield '<details>\n<summary>Notes and accepted warnings ('
        yield escape(t_3(environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'others')))
        yield ')</summary>\n<ul class="problems">\n'
        for l_1_told in environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'findings'), 'others'):
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'told'), l_1_told, _loop_vars=_loop_vars))
            yield '\n'
        l_1_told = missing
        yield '</ul>\n</details>\n'
    if environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'newest'):
        pass
        yield '<details>\n<summary>The newest event of each source</summary>\n<ul class="problems">\n'
        for l_1_each in environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'newest'):
            _loop_vars = {}
            pass
            yield '<li>'
            yield escape(t_5(environment.getattr(l_1_each, 'told'), 200))
            yield '</li>\n'
        l_1_each = missing
        yield '</ul>\n</details>\n'
    yield '</section>\n</main>\n<footer class="wrap">\n<dl>\n<div><dt>Run</dt><dd><code>'
    yield escape(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'run_id'))
    yield '</code></dd></div>\n'
    if environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'rules_hash'):
        pass
        yield '<div><dt>Rules</dt><dd><code title="'
        yield escape(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'rules_hash'))
        yield '">'
        yield escape(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'rules_hash')[:19])
        yield '</code></dd></div>'
    yield '<div><dt>As of</dt><dd><code>'
    yield escape(context.call(environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'as_of'), 'isoformat')))
    yield '</code></dd></div>\n</dl>\n'
    if environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'redacted'):
        pass
        yield '<p>For sharing: without names, companies, e-mail addresses and phone numbers; owners are numbered.</p>'
    yield '<p>Times are those of '
    yield escape(t_5(environment.getattr(environment.getattr(environment.getattr((undefined(name='report') if l_0_report is missing else l_0_report), 'as_of'), 'tzinfo'), 'key')))
    yield '. A percentage in brackets says how many of the others score lower.</p>\n</footer>\n<script>'
    yield escape((undefined(name='script') if l_0_script is missing else l_0_script))
    yield '</script>\n</body>\n</html>'

blocks = {}
debug_info = '1=46&2=48&7=52&12=54&13=56&17=58&19=60&20=66&23=70&25=73&27=78&28=82&32=91&33=94&36=98&37=101&41=105&44=108&47=115&50=118&52=121&54=123&59=130&63=133&72=142&73=144&74=152&76=154&77=158&79=160'
