@echo off
rem The part of ./infra that works on Windows: preview, plan, and the tests that need no Linux. See docs/adr/0009.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "configuration=release"
set "DOTNET_NOLOGO=1"
set "DOTNET_CLI_TELEMETRY_OPTOUT=1"
set "DOTNET_CLI_UI_LANGUAGE=en"

set "command=%~1"
if "%command%"=="" goto help
rem In the list of a for, a question mark is a pattern of file names.
if "%command%"=="/?" goto help
for %%c in (help --help -h) do if /i "%command%"=="%%c" goto help
if /i "%command%"=="--version" goto version
for %%c in (preview plan) do if /i "%command%"=="%%c" goto cli
if /i "%command%"=="test" goto test
for %%c in (up down status logs ssh exec ask mirrors cloud check bench) do if /i "%command%"=="%%c" goto linux
if /i "%command%"=="completion" goto completion
rem What was typed may have an ampersand: only a delayed expansion does not run it.
setlocal EnableDelayedExpansion
echo '!command!' is not a command; choose from preview, plan, test, help>&2
echo   fix: infra help>&2
exit /b 1

:help
call :usage
exit /b 0

:usage
echo infra: open-weight models on your own cloud account
echo.
echo   infra preview [STACK]   show what `pulumi up` would create, the price and the reasons (default stack: dev)
echo   infra plan              show which model fits which hardware, with what context length, at what price
echo   infra test [KIND...]    run the tests that need no Linux: unit, sdk, deployment, golden (default: all of them)
echo   infra help              show this text; `infra COMMAND --help` shows the options of a command
echo   infra --version         show the version, for a report
echo.
echo All other commands start servers, which needs Debian or Ubuntu: run ./infra there, in WSL 2 or in a virtual machine.
echo Exit status: 0 success, 1 user error (the message has the fix), 2 internal error, or a test that failed.
echo The environment variable PulumiSdk=official or offline selects the Pulumi SDK; by default the package feed decides, asked once a day.
exit /b 0

:version
set "release=unknown"
set "commit=unknown"
set "sdk=not found"
for /f "tokens=2" %%v in ('findstr /b /c:"## " "%root%CHANGELOG.md"') do if "%release%"=="unknown" call :release %%v
for /f "delims=" %%v in ('git -C "%root%." describe --always --dirty 2^>nul') do set "commit=%%v"
for /f "delims=" %%v in ('dotnet --version 2^>nul') do set "sdk=%%v"
echo infra %release%
echo commit: %commit%
echo .NET SDK: %sdk%
exit /b 0

:release
if "%release%"=="unknown" set "release=%~1"
exit /b 0

:linux
echo %command%: needs Debian or Ubuntu; this is Windows. Available here: infra preview, infra plan, infra test unit sdk deployment golden>&2
echo   fix: run ./infra %command% in a virtual machine with Debian 12 or newer>&2
exit /b 1

:completion
echo completion: the scripts are for bash, zsh and fish, which run ./infra; this is Windows>&2
echo   fix: run ./infra completion bash in WSL 2 or in a virtual machine>&2
exit /b 1

:cli
call :sdk cli
if errorlevel 1 exit /b 1
call :build cli
if errorlevel 1 exit /b %errorlevel%
if not defined DOTNET_EnableWriteXorExecute set "DOTNET_EnableWriteXorExecute=0"
rem Without call, which takes a /? as its own and doubles carets.
dotnet "%root%artifacts\%PulumiSdk%\bin\Infra.Cli\%configuration%\Infra.Cli.dll" %*
exit /b %errorlevel%

:test
set "filters="
set "word="
shift
:kinds
set "word=%~1"
if "%word%"=="" goto run_tests
if "%word%"=="/?" goto test_usage
for %%h in (--help -h) do if /i "%word%"=="%%h" goto test_usage
set "space="
if /i "%word%"=="unit" set "space=Unit"
if /i "%word%"=="sdk" set "space=Sdk"
if /i "%word%"=="deployment" set "space=Deployment"
if /i "%word%"=="golden" set "space=Golden"
if /i "%word%"=="node" goto linux_tests
if /i "%word%"=="lab" goto linux_tests
if /i "%word%"=="abuse" goto linux_tests
if "%space%"=="" goto no_kind
set "filters=%filters% --filter-namespace Infra.Tests.%space%*"
shift
goto kinds

:run_tests
if "%filters%"=="" set "filters=--filter-namespace Infra.Tests.Unit* --filter-namespace Infra.Tests.Sdk* --filter-namespace Infra.Tests.Deployment* --filter-namespace Infra.Tests.Golden*"
call :sdk tests
if errorlevel 1 exit /b 1
call :build tests
if errorlevel 1 exit /b %errorlevel%
call dotnet "%root%artifacts\%PulumiSdk%\bin\Infra.Tests\%configuration%\Infra.Tests.dll" --progress off --ansi off %filters%
if errorlevel 1 exit /b 2
exit /b 0

:test_usage
echo Usage: infra test [KIND...]
echo.
echo Run the tests of these kinds, by default all of them: unit, sdk, deployment, golden. The kinds node, lab and abuse need Debian or Ubuntu.
echo Exit status: 0 all passed, 1 user error, 2 a test failed.
exit /b 0

:linux_tests
echo test %word%: these tests need Debian or Ubuntu; this is Windows. Available here: infra test unit sdk deployment golden>&2
echo   fix: run ./infra test %word% in a virtual machine with Debian 12 or newer>&2
exit /b 1

:no_kind
setlocal EnableDelayedExpansion
echo test: '!word!' is not a kind of test; choose from unit, sdk, deployment, golden>&2
echo   fix: infra test>&2
exit /b 1

rem :sdk PROJECT sets PulumiSdk: official, or offline if the feed lacks the packages or matching versions. The answer is kept for today.
rem The question is a restore of the project, which its build would do anyway.
:sdk
set "restore="
where dotnet >nul 2>nul
if errorlevel 1 goto no_dotnet
if /i "%PulumiSdk%"=="official" exit /b 0
if /i "%PulumiSdk%"=="offline" exit /b 0
if not "%PulumiSdk%"=="" goto no_such_sdk
if not exist "%root%artifacts" mkdir "%root%artifacts"
set "memory=%root%artifacts\pulumi-sdk.txt"
set "log=%root%artifacts\restore.log"
set "day="
set "answer="
if exist "%memory%" < "%memory%" (set /p "day=" & set /p "answer=")
if "%day%"=="%DATE%" for %%s in (official offline) do if "%answer%"=="%%s" set "PulumiSdk=%%s"
if not "%PulumiSdk%"=="" exit /b 0
set "PulumiSdk=official"
call dotnet restore "%root%%1" > "%log%" 2>&1
if not errorlevel 1 goto remember
findstr "NU1101 NU1102 NU1103 NU1601 NU1602 NU1603 NU1604 NU1605 NU1608" "%log%" >nul
if errorlevel 1 goto not_restored
set "PulumiSdk=offline"
call dotnet restore "%root%%1" > "%log%.offline" 2>&1
if errorlevel 1 goto not_restored
echo the package feed lacks Pulumi packages or matching versions: using the offline SDK, which can preview and test but not deploy>&2
:remember
set "restore=--no-restore"
> "%memory%" echo %DATE%
>> "%memory%" echo %PulumiSdk%
exit /b 0

:no_dotnet
echo dotnet is not on the PATH>&2
echo   fix: install the .NET SDK 10 from https://dotnet.microsoft.com/download, then run this again>&2
exit /b 1

:no_such_sdk
setlocal EnableDelayedExpansion
echo PulumiSdk: '!PulumiSdk!' must be official or offline>&2
echo   fix: set PulumiSdk=>&2
exit /b 1

:not_restored
set "PulumiSdk="
type "%log%" >&2
echo the packages could not be restored: see the lines above>&2
echo   fix: dotnet restore %1, until it succeeds; set PulumiSdk=offline needs no Pulumi package>&2
exit /b 1

:build
if not exist "%root%artifacts\%PulumiSdk%" mkdir "%root%artifacts\%PulumiSdk%"
call dotnet build "%root%%1" --configuration %configuration% --verbosity quiet -p:RunAnalyzers=false %restore% > "%root%artifacts\%PulumiSdk%\build.log" 2>&1
if not errorlevel 1 exit /b 0
type "%root%artifacts\%PulumiSdk%\build.log" >&2
echo the build failed: see the lines above>&2
findstr "NU1 NU3 NETSDK compatible" "%root%artifacts\%PulumiSdk%\build.log" >nul
if errorlevel 1 exit /b 2
echo   fix: dotnet restore, until it succeeds, with the .NET SDK that global.json asks for>&2
exit /b 1
