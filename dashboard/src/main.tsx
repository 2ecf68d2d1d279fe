import { createRoot } from 'react-dom/client';
import './styles/base.css';
import './styles/shell.css';
import './styles/panel.css';
import './styles/markets.css';
import './styles/risk.css';
import './styles/arbitrage.css';
import './styles/automation.css';
import './styles/system.css';
import { App } from './shell/app.tsx';

const place = document.getElementById('app');
if (!place) throw new Error('the page has no place for the app');
createRoot(place).render(<App />);
